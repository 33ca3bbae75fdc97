/** Notes what goes out. The notebook comes late; what is to be noted waits for it. */
import type { Sent } from '../client/sent.ts';

const waiting: { readonly sent: Sent; readonly at: number }[] = [];

export function noteSent(sent: Sent): void {
  waiting.push({ sent, at: Date.now() });
  void write();
}

async function write(): Promise<void> {
  try {
    const { sentLog } = await import('../sent/open.ts');
    for (const { sent, at } of waiting.splice(0)) void sentLog().note(sent, at);
  } catch (thrown) {
    console.warn('The notebook of what is sent could not be fetched.', thrown); // the next note tries again
  }
}
