import request from 'supertest';
import { documentedRoutes, mountedRoutes, withDocumentedAnswers } from '../../common/kit/test/documented-answers';
import { useTestLife } from '../../common/kit/test/test-life';
import { document } from '../server/openapi';
import { setUpApp } from './set-up-app';

const life = useTestLife();

async function aBlog() {
  const { app } = life.closing(await setUpApp());
  return { mounted: app, app: withDocumentedAnswers(app, { document, life }) };
}

it('what is in the document is there, and what programs ask for is in it', async () => {
  const { mounted } = await aBlog();
  const documented = documentedRoutes(document);
  expect(mountedRoutes(mounted)).toEqual(expect.arrayContaining(documented));
  expect(mountedRoutes(mounted).filter((route) => /\.(json|atom|xml)$|preview|metrics|z$/.test(route))).toEqual(
    documented,
  );
});

it.each([
  ['a comment', 200, { kind: 'comment', markdown: '**Hi**' }],
  ['a post without being signed in', 401, { kind: 'post', markdown: '# Hi' }],
  ['nothing', 400, {}],
  ['a number', 400, { kind: 'post', markdown: 1 }],
  ['too much', 413, { kind: 'post', markdown: 'x'.repeat(2_000_000) }],
])('POST /preview of %s answers as it is documented: %i', async (_what, status, body) => {
  const { app } = await aBlog();
  await request(app).post('/preview').send(body).expect(status);
  await request(app).post('/preview').type('text').send('x').expect(415);
});

it('feeds, health and the document itself answer as they are documented', async () => {
  const { app } = await aBlog();
  await request(app).get('/feed.atom').expect(200);
  await request(app).get('/healthz').expect(200);
  await request(app).get('/readyz').expect(200);
  await request(app).get('/metrics').expect(200);
  const { body } = await request(app).get('/openapi.json').expect(200);
  expect(body).toMatchObject({ openapi: '3.1.0', info: { title: 'client' } });
});
