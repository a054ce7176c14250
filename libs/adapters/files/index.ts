export type { FileSource, SourceError } from './open-sources.ts';
export { openSources } from './open-sources.ts';
export type { KeySource, LoadedKey } from './pseudonym-key.ts';
export { loadPseudonymKey } from './pseudonym-key.ts';
export type { ReadOptions, RecordBatch, RecordProblem } from './read-records.ts';
export { readRecords } from './read-records.ts';
