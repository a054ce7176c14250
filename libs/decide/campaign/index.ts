export { closeCampaigns, foldSignal } from './fold.ts';
export { QUARTER_MS } from './limits.ts';
export { loadCampaigns, saveCampaigns } from './snapshot.ts';
export { type CampaignCounters, type CampaignState, createCampaignState } from './state.ts';
