export { restore, restoring, snapshot, usePolicy } from './snapshot.ts';
export { createState, type PipelineConfig, type PipelineState } from './state.ts';
export { type PipelineStats, ranking, stats } from './stats.ts';
export { step } from './step.ts';
