import { buildApp } from './app.ts';
import { readConfig, StartError } from './config.ts';
import { listen } from './listen.ts';

try {
  const config = readConfig();
  const app = await buildApp(config);
  // npm passes Ctrl-C on to a process that the terminal already told; closing twice is closing once.
  const stop = () => void app.close().then(() => process.exit(0));
  process.on('SIGINT', stop).on('SIGTERM', stop);
  console.log(`Sotto is ready at ${await listen(app, config)}`);
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
}
