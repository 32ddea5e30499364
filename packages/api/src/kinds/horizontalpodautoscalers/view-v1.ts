/** HorizontalPodAutoscaler as autoscaling/v1 shows it: `kubectl autoscale` writes that version. */
import { defineView } from '../../define-kind.ts';
import type { HorizontalPodAutoscaler, V1HorizontalPodAutoscaler } from '../../generated/types.ts';
import { horizontalPodAutoscalers } from './kind.ts';
import { autoscalerFromV1, autoscalerToV1 } from './v1.ts';

export const olderAutoscalers = defineView<V1HorizontalPodAutoscaler>(horizontalPodAutoscalers, {
  group: 'autoscaling',
  version: 'v1',
  schema: 'V1HorizontalPodAutoscaler',
  description: horizontalPodAutoscalers.description,
  view: {
    show: (stored) => autoscalerToV1(stored as HorizontalPodAutoscaler),
    store: autoscalerFromV1,
    validateNew: () => [],
  },
});
