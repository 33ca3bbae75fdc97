import { APIError } from 'openai';

/** How a call of the real client failed. Throws where it did not, or not as the client says failures. */
export async function apiFailure(work: Promise<unknown>): Promise<APIError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof APIError) return error;
  throw new Error('it did not fail as the client says it', { cause: error });
}
