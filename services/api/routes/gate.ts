import { bearerToken } from '../identity.ts';
import { ApiProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** For a gateway that can ask about each request and only reads the status: nginx's auth_request. */
export const gateRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/gate',
    summary:
      'The professional’s own access token in Authorization: 204 go on (X-Vigie-Restriction says how), 401 sign in (again), 403 suspended.',
    permission: 'open',
    answers: { 204: null },
    async handle({ headers, parts }) {
      if (!parts.gate) throw new ApiProblem(404, 'no gate is configured');
      const word = await parts.gate(bearerToken(header(headers.authorization)));
      if (word.admitted) {
        return {
          status: 204,
          headers: {
            'x-vigie-account': encodeURIComponent(word.accountId),
            'x-vigie-restriction': word.restriction?.restriction ?? 'none',
            'x-vigie-new-per-hour': String(word.restriction?.newPerHour ?? ''),
          },
        };
      }
      switch (word.why) {
        case 'suspended':
          throw new ApiProblem(403, 'the account is suspended');
        case 'step_up':
          // RFC 9470.
          throw new ApiProblem(401, 'sign in with a second factor', {
            'www-authenticate': 'Bearer error="insufficient_user_authentication"',
          });
        case 'probe_unhindered':
          throw new ApiProblem(409, 'a probe: the account’s own requests would be let through');
        case 'no_token':
          throw new ApiProblem(401, 'a token is needed', { 'www-authenticate': 'Bearer' });
        case 'invalid_token':
          throw new ApiProblem(401, 'the token is not accepted', {
            'www-authenticate': 'Bearer error="invalid_token"',
          });
      }
    },
  }),
];
