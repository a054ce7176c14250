export { cefRecord } from './cef.ts';
export { ecsRecord } from './ecs.ts';
export { mailText } from './mail.ts';
export type { SecurityRecord } from './security-record.ts';
export { securityRecord } from './security-record.ts';
export { FACILITY_AUTHPRIV, octetCounted, syslogMessage } from './syslog.ts';
