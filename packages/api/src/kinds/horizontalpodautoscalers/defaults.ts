/** Upstream's defaults of autoscaling/v2. */
import type {
  HPAScalingRules,
  HorizontalPodAutoscalerSpec,
  MetricSpec,
} from '../../generated/types.ts';

const utilizationPercentDefault = 80;
const periodSeconds = 15;

/** What is wanted of a workload for which no metric is named. */
export function defaultMetrics(): MetricSpec[] {
  const target = { type: 'Utilization', averageUtilization: utilizationPercentDefault };
  return [{ type: 'Resource', resource: { name: 'cpu', target } }];
}

const scaleUpDefaults = (): HPAScalingRules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds },
    { type: 'Percent', value: 100, periodSeconds },
  ],
});

/** The window has no default here: it is the controller's to choose. */
const scaleDownDefaults = (): HPAScalingRules => ({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds }],
});

export function setAutoscalerDefaults(spec: HorizontalPodAutoscalerSpec): void {
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0) spec.metrics = defaultMetrics();
  if (spec.behavior === undefined) return;
  spec.behavior.scaleUp = { ...scaleUpDefaults(), ...spec.behavior.scaleUp };
  spec.behavior.scaleDown = { ...scaleDownDefaults(), ...spec.behavior.scaleDown };
}
