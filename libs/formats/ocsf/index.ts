export { actionEvent } from './action-event.ts';
export { campaignFinding } from './campaign-finding.ts';
export type { Json, OcsfSource } from './common.ts';
export { detectionFinding, noticeFinding } from './detection-finding.ts';
export { alertOfFinding } from './read-alert.ts';
export { campaignOfFinding } from './read-campaign.ts';
