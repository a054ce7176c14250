import { describe, expect, it } from 'vitest';
import { webhookHeaders, webhookKey } from '#libs/adapters/webhook/sign.ts';

describe('Standard Webhooks', () => {
  it('signs the example of the specification’s own libraries', () => {
    const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect(webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}', [key])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('signs with the old key beside the new one while it is replaced', () => {
    const [one, two] = [Buffer.alloc(24, 1), Buffer.alloc(24, 2)];
    const both = webhookHeaders('id', 1, '{}', [one, two])['webhook-signature'].split(' ');
    expect(both).toEqual([one, two].map((key) => webhookHeaders('id', 1, '{}', [key])['webhook-signature']));
  });

  it.each(['', 'whsec_', 'whsec_c2hvcnQ=', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])(
    'takes %j for no secret, and does not show it',
    (secret) => {
      expect(() => webhookKey(secret)).toThrow('at least 24 bytes');
      if (secret.length > 10) expect(() => webhookKey(secret)).not.toThrow(secret);
    },
  );
});
