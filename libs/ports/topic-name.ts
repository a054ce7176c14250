/** Kafka's rule for names of topics, held by every log: letters, digits, dot, underscore, dash; at most 249; not a dot path. */
export const isTopicName = (name: string): boolean => /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/.test(name);
