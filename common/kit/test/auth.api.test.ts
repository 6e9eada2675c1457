import { SignJWT } from 'jose';
import request from 'supertest';
import {
  type Auth,
  createAuth,
  createMetrics,
  createServiceApp,
  finishApp,
  signToken,
  silentLogger,
} from '../src/index';

const secret = 'a-secret-for-these-tests';
const older = 'the-secret-from-before-it';
const noon = new Date('2026-11-24T12:00:00Z');
const ana = { name: 'ana', roles: ['author', 'moderator'] as const };

function appWith(auth: Auth) {
  const app = createServiceApp({ logger: silentLogger, metrics: createMetrics('test'), isReady: () => true });
  app.post('/write', auth.requireRole('author', 'operator'), (_req, res) => void res.json({ done: true }));
  app.post('/operate', auth.requireRole('operator'), (_req, res) => void res.json({ done: true }));
  return finishApp(app, silentLogger);
}

const authAt = (now: Date, secrets = [secret, older]) => createAuth({ secrets, now: () => now });
const token = (given: object = {}) => signToken(ana, { secret, seconds: 60, now: noon, ...given });

async function statusOf(path: string, authorization?: string, auth = authAt(noon)): Promise<number> {
  const sent = request(appWith(auth)).post(path);
  return (await (authorization === undefined ? sent : sent.set('Authorization', authorization))).status;
}

/** Signs what our own function would not. */
function forge(claims: Record<string, unknown>, { iss = 'blog', aud = 'blog-services', key = secret } = {}) {
  const jwt = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('eve')
    .setIssuer(iss)
    .setAudience(aud);
  return jwt.setExpirationTime(noon.getTime() / 1000 + 60).sign(new TextEncoder().encode(key));
}

describe('a role', () => {
  it('is proven by a token that names it', async () => {
    const bearer = `Bearer ${await token()}`;
    expect(await statusOf('/write', bearer)).toBe(200);
    expect(await statusOf('/operate', bearer)).toBe(403);
    expect(await authAt(noon).verify(await token())).toEqual(ana);
  });

  it('is nobody’s without a token', async () => {
    for (const authorization of [undefined, 'Basic YTpi', 'Bearer', '']) {
      expect(await statusOf('/write', authorization)).toBe(401);
    }
  });

  it('lasts as long as its token', async () => {
    const bearer = `Bearer ${await token()}`;
    expect(await statusOf('/write', bearer, authAt(new Date(noon.getTime() + 59_000)))).toBe(200);
    expect(await statusOf('/write', bearer, authAt(new Date(noon.getTime() + 61_000)))).toBe(401);
  });

  it('may be signed by the secret from before, until that one is gone', async () => {
    const bearer = `Bearer ${await token({ secret: older })}`;
    expect(await statusOf('/write', bearer)).toBe(200);
    expect(await statusOf('/write', bearer, authAt(noon, [secret]))).toBe(401);
  });

  it('is not proven by what somebody else signed, or signed for others', async () => {
    const claims = { roles: ['author'] };
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(
      JSON.stringify({ ...claims, iss: 'blog', aud: 'blog-services', exp: 9e9 }),
    ).toString('base64url')}.`;
    const forged = [
      await forge(claims, { key: 'another-secret-of-others' }),
      await forge(claims, { aud: 'others' }),
      await forge(claims, { iss: 'others' }),
      none,
      'nonsense',
    ];
    for (const each of forged) expect(await statusOf('/write', `Bearer ${each}`)).toBe(401);
    expect(await statusOf('/write', `Bearer ${await forge({ roles: ['king'] })}`)).toBe(403);
    expect(await statusOf('/write', `Bearer ${await forge({ roles: 'author' })}`)).toBe(403);
  });

  it('can be nobody’s where no secret is set, and the answer says so', async () => {
    const auth = authAt(noon, []);
    const { status, body } = await request(appWith(auth))
      .post('/write')
      .set('Authorization', `Bearer ${await token()}`);
    expect(status).toBe(403);
    expect(body.detail).toContain('AUTH_SECRET');
    expect(body.detail).toContain('npm run -s k8s:secrets | kubectl apply -f -');
    expect(auth.hasSecret).toBe(false);
  });
});
