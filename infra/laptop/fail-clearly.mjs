/** Runs a command's steps; an error ends it with its message on stderr (no stack: it is meant for the user) and exit code 1. */
export async function failClearly(steps) {
  try {
    await steps();
  } catch (error) {
    console.error(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
