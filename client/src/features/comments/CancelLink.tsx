import { messages } from '../../messages';
import { closingPath, type CommentTools } from './comment-tools';

/** Leaves a form: by a link, so that it works without JavaScript. */
export function CancelLink({
  tools,
  focus,
  onCancel,
  text = messages.comments.cancel,
}: {
  tools: CommentTools;
  focus: string;
  onCancel: () => void;
  text?: string;
}) {
  return (
    <a
      className="button"
      data-quiet
      href={closingPath(tools, focus)}
      onClick={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      {text}
    </a>
  );
}
