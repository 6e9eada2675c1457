/**
 * Tells the page around the frame how high this one is, whenever that changes. To whichever page that is: only those of the
 * allowed origins can frame this one (the browser sees to that), and a height is no secret.
 */
export function tellHeight(): void {
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ type: 'blog-comments', height }, '*');
  };
  new ResizeObserver(tell).observe(document.body);
}
