import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement, type FunctionComponent } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter, Route, Routes } from 'react-router';

/** Draws a page for authors or moderators, in the browser, at a path as the router writes it. */
export function mountStudio(path: string, page: FunctionComponent): void {
  const container = document.getElementById('studio');
  if (!container) return;
  const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5_000 } } });
  createRoot(container).render(
    <QueryClientProvider client={queries}>
      <BrowserRouter>
        <Routes>
          <Route path={path} element={createElement(page)} />
        </Routes>
      </BrowserRouter>
    </QueryClientProvider>,
  );
}
