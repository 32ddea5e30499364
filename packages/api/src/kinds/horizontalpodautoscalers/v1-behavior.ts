/**
 * The behaviour as the annotation of autoscaling/v1 holds it: upstream writes the fields of its
 * internal type there, with capitals.
 */
import type { HPAScalingRules, HorizontalPodAutoscalerBehavior } from '../../generated/types.ts';

type Json = Record<string, unknown>;

function rulesToV1(rules: HPAScalingRules | undefined): Json | null {
  if (rules === undefined) return null;
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies:
      rules.policies?.map(({ type, value, periodSeconds }) => ({
        Type: type,
        Value: value,
        PeriodSeconds: periodSeconds,
      })) ?? null,
  };
}

export function behaviorToV1({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): Json {
  return { ScaleUp: rulesToV1(scaleUp), ScaleDown: rulesToV1(scaleDown) };
}

/** The same with the names of fields as v2 has them; nulls are left for the schema to drop. */
export function behaviorFromV1(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(behaviorFromV1);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [
    key.charAt(0).toLowerCase() + key.slice(1),
    behaviorFromV1(child),
  ]);
  return Object.fromEntries(entries) as unknown;
}
