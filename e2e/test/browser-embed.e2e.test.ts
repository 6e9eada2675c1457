/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext } from 'playwright-core';
import { createPost } from '../harness/blog';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(60_000);

/** Servers of other sites than the blog's 127.0.0.1, as browsers see it: each page has the comments of the post in its path. */
const sites: Server[] = [];

const system = useSystem(async () => {
  for (let n = 0; n < 2; n++) sites.push(await serveShop());
  return { env: { EMBED_ORIGINS: originOf(sites[0]) } };
});
afterAll(() => sites.forEach((site) => site.close()));

function originOf(site: Server | undefined): string {
  return `http://localhost:${(site?.address() as AddressInfo).port}`;
}

async function serveShop(): Promise<Server> {
  const site = createServer(({ url = '/' }, res) => {
    const script = `<script src="${system().urls.client}/embed.js" data-post="${url.slice(1)}"></script>`;
    res.setHeader('Content-Type', 'text/html');
    res.end(`<!doctype html><title>Shop</title><h1>A shop</h1>${script}<p>Its end</p>`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  return site;
}

const newWindow = useBrowser();

async function pageOf(window: BrowserContext, site: Server | undefined, postId: string) {
  const page = await window.newPage();
  await page.goto(`${originOf(site)}/${postId}`);
  return page;
}

describe("a post's comments in a page of another site", () => {
  it('are read and written there, in a frame as high as they are; own ones stay own', async () => {
    const post = await createPost(system(), 'Embedded');
    const page = await pageOf(await newWindow(), sites[0], post.id);
    const frame = page.frameLocator('iframe');
    await frame.getByLabel('Comment', { exact: true }).fill('From the shop');
    const before = (await page.locator('iframe').boundingBox())?.height ?? 0;
    await frame.getByRole('button', { name: 'Send comment' }).click();
    const comment = frame.locator('article', { hasText: 'From the shop' });
    await comment.getByText('Approved').waitFor();
    const inner = await frame.locator('body').evaluate((body) => body.getBoundingClientRect().height);
    await eventually('the frame is as high as its page', async () => {
      const height = (await page.locator('iframe').boundingBox())?.height ?? 0;
      expect(height).toBeGreaterThan(before);
      expect(Math.abs(height - inner)).toBeLessThan(4);
    });

    await page.reload();
    await comment.getByText('You', { exact: true }).waitFor();
    await comment.getByText('Delete').click();
    await frame.getByRole('button', { name: 'Delete it' }).click();
    await frame.getByText('No comments yet').waitFor();
  });

  it('are not shown in a page of a site that is not allowed', async () => {
    const post = await createPost(system(), 'Not for all');
    const window = await newWindow();
    const refusals: string[] = [];
    window.on('console', (message) => refusals.push(message.text()));
    const page = await pageOf(window, sites[1], post.id);
    await page.locator('iframe').waitFor();
    await eventually('the browser refuses', () => expect(refusals.join()).toContain('frame-ancestors'));
    await expect(page.frameLocator('iframe').getByLabel('Comment', { exact: true }).count()).resolves.toBe(0);
  });

  it('can not be written by that site’s own scripts', async () => {
    const post = await createPost(system(), 'Guarded');
    const page = await pageOf(await newWindow(), sites[0], post.id);
    const url = `${system().urls.client}/embed/${post.id}/comments`;
    const answer = page.waitForResponse(url);
    await page.evaluate((action) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action });
      form.append(Object.assign(document.createElement('input'), { name: 'content', value: 'forged' }));
      document.body.append(form);
      form.submit();
    }, url);
    expect((await answer).status()).toBe(403);
  });
});
