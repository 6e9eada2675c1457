/** A line drawing the size of the text: one of `icons`. It is decoration: the word beside it says the same. */
export function Icon({ of }: { of: string }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={of} />
    </svg>
  );
}
