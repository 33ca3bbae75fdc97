/** The server's life: machine room, routes, address, and an orderly end. */
import { buildApp } from './app.ts';
import { type Config, StartError } from './config.ts';
import { listen } from './listen.ts';
import { openMachineRoom } from './machine-room.ts';

/** Gives 1 after saying why it could not start; else it serves until a signal ends the process. */
export async function serve(read: () => Config): Promise<number> {
  try {
    const config = read();
    const room = config.asr.enabled ? await openMachineRoom(config) : undefined;
    try {
      const app = await buildApp(config, room?.services);
      // npm passes Ctrl-C on to a process that the terminal already told; closing twice is closing once.
      const stop = async () => {
        await app.close();
        await room?.close();
        process.exit(0);
      };
      process.on('SIGINT', () => void stop()).on('SIGTERM', () => void stop());
      console.log(`Sotto is ready at ${await listen(app, config)}`);
      return 0;
    } catch (thrown) {
      await room?.close();
      throw thrown;
    }
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    return 1;
  }
}
