export { closeCampaigns, foldSignal } from './fold.ts';
export { loadCampaigns, saveCampaigns } from './snapshot.ts';
export { type CampaignCounters, type CampaignState, createCampaignState } from './state.ts';
