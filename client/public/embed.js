/* Comments of a post under any page: <script src="https://blog.example/embed.js" data-post="<id>" async></script>
   data-theme="light" or "dark" fixes the colours. The blog must allow this page's origin (EMBED_ORIGINS). */
(() => {
  const script = document.currentScript;
  const { post, theme } = script.dataset;
  const { origin } = new URL(script.src);
  const frame = document.createElement('iframe');
  frame.src = `${origin}/embed/${encodeURIComponent(post)}${theme ? `?theme=${encodeURIComponent(theme)}` : ''}`;
  frame.title = script.dataset.title || 'Comments';
  Object.assign(frame.style, { width: '100%', height: '24rem', border: '0', colorScheme: 'normal' });
  addEventListener('message', ({ origin: from, source, data }) => {
    if (from !== origin || source !== frame.contentWindow || data?.type !== 'blog-comments') return;
    if (Number.isFinite(data.height)) frame.style.height = `${data.height}px`;
  });
  script.after(frame);
})();
