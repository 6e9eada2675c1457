import { Notice } from '../components/Notice';
import { studio } from '../studio/words';

/** What the server draws of a page for authors and moderators: the place where the browser draws the rest. */
export function StudioPage() {
  return (
    <>
      <div id="studio" />
      <noscript>
        <Notice title={studio.noScript} />
      </noscript>
    </>
  );
}
