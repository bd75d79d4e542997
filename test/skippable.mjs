/**
 * Runs tests that not every machine can run, and ends with their exit code. Where there is a reason against, says it in
 * one line; with FACEPIPE_TEST_ALL=1 (as in CI) that is a failure.
 */
export function runUnless(reason, name, run) {
  if (reason) {
    console.log(`${name}: skipped, ${reason}`);
    process.exitCode = process.env.FACEPIPE_TEST_ALL ? 1 : 0;
  } else {
    process.exitCode = run();
  }
}
