import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KafkaSignIn } from '#libs/adapters/kafka/connection.ts';
import { openKafkaLog } from '#libs/adapters/kafka/event-log.ts';
import type { StartedKafkaContainer } from './kafka-container.ts';
import { KafkaContainer } from './kafka-container.ts';
import { kafkaImage } from './kafka-image.ts';
import { unsecuredToken } from './unsecured-token.ts';
import { describeWithKafka } from './with-kafka.ts';

const LOGIN = 'org.apache.kafka.common.security';

describeWithKafka('a broker that asks who is there', ({ how }) => {
  if (how !== 'testcontainers') {
    test.skip(`needs a container with a configuration of its own; the broker of this run is ${how}`);
    return;
  }
  let kafka: StartedKafkaContainer;
  beforeAll(async () => {
    kafka = await new KafkaContainer(kafkaImage(), {
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_PLAINTEXT',
      KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN,OAUTHBEARER',
      KAFKA_LISTENER_NAME_CLIENT_SASL_ENABLED_MECHANISMS: 'PLAIN,OAUTHBEARER',
      KAFKA_LISTENER_NAME_CLIENT_PLAIN_SASL_JAAS_CONFIG: `${LOGIN}.plain.PlainLoginModule required user_vigie="right";`,
      KAFKA_LISTENER_NAME_CLIENT_OAUTHBEARER_SASL_JAAS_CONFIG: `${LOGIN}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    }).start();
  });
  afterAll(async () => {
    await kafka?.stop({ timeout: 0 });
  });
  const openAs = (signIn?: KafkaSignIn) =>
    openKafkaLog({ brokers: [kafka.broker], clientId: 'sign-in', ...(signIn ? { signIn } : {}) });

  test('lets in a name with its password, and a bearer token', async () => {
    for (const signIn of [
      { mechanism: 'plain', username: 'vigie', password: 'right' },
      { mechanism: 'oauthbearer', token: async () => unsecuredToken('vigie') },
    ] satisfies KafkaSignIn[]) {
      const log = await openAs(signIn);
      expect(await log.partitionCounts(['none'])).toEqual(new Map());
      await log.close();
    }
  });

  test('a wrong password is told as such, and does not stand in the message', async () => {
    const refused = openAs({ mechanism: 'plain', username: 'vigie', password: 'wr0ng-secret' });
    await expect(refused).rejects.toThrow(/authenticat/i);
    await expect(refused).rejects.not.toThrow(/wr0ng-secret/);
  });
});
