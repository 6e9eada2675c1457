import { readTheme } from './theme';

function isButton(element: HTMLElement | null): element is HTMLButtonElement {
  return element instanceof HTMLButtonElement;
}

/** Changes the colours in place of a reload. The server is told, so that the next page comes in them too. */
export function enhanceThemeChoice(document: Document): void {
  const form = document.querySelector<HTMLFormElement>('form[data-theme-choice]');
  form?.addEventListener('submit', (event) => {
    if (!isButton(event.submitter)) return;
    event.preventDefault();
    const theme = readTheme(event.submitter.value);
    document.documentElement.dataset.theme = theme;
    for (const button of form.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.value === theme));
    }
    const body = new URLSearchParams({ theme, back: '/' });
    void fetch('/theme', { method: 'POST', body, redirect: 'manual' }).catch(() => undefined);
  });
}
