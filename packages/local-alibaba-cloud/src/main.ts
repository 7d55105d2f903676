import { run } from './command';

run(process.argv.slice(2), console.log).then(
  (running) => {
    const stop = () => void running?.stop();
    process.once('SIGINT', stop).once('SIGTERM', stop);
  },
  (error: Error) => {
    console.error(`${error.message}\nlocal-alibaba-cloud --help tells what there is.`);
    process.exitCode = 2;
  },
);
