import { nameOf, readManifests } from './kubernetes/manifests';

describe('what faces the Internet', () => {
  const configOf = (file: string) =>
    readManifests(file).find(({ object }) => nameOf(object) === 'blog-config')?.object as { data?: object } | undefined;

  it('lets only authors write, and answers under the name that readers come by', () => {
    const config = configOf('overlays/ingress/blog-config.yaml');
    expect(config?.data).toMatchObject({ POSTS_WRITE: 'authors', PUBLIC_URL: 'http://posts.com' });
    expect(configOf('overlays/ingress/gateway/blog-config.yaml')).toEqual(config);
  });
});
