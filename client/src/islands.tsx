import { type ComponentProps, createElement, type FunctionComponent } from 'react';
import { CommentsSection } from './features/comments/CommentsSection';
import { NewPostsPill } from './features/posts/NewPostsPill';
import { WritePost } from './features/posts/WritePost';

/** The parts of a reader page that come alive in the browser (`entries/` says on which). All else is HTML and stays it. */
const islands = { CommentsSection, NewPostsPill, WritePost };

type IslandName = keyof typeof islands;
type IslandProps<Name extends IslandName> = ComponentProps<(typeof islands)[Name]>;

/** JSON that may stand inside a script element: nothing in it can end the element. */
export function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/** An island on the server's page: its HTML, and beside it the data it was made from. */
export function Island<Name extends IslandName>({ name, props }: { name: Name; props: IslandProps<Name> }) {
  return (
    <>
      <div data-island={name}>{createElement(islands[name] as FunctionComponent<object>, props)}</div>
      <script type="application/json" dangerouslySetInnerHTML={{ __html: toScriptJson(props) }} />
    </>
  );
}
