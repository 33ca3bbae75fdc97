import { FORMAT_IDS } from '../../shared/formats/index.ts';
import { USAGE } from '../config.ts';

export const helpText = (): string => `sotto COMMAND
  serve [--port N] [--host ADDRESS]     the page and the API
    --redis URL                         with workers on other machines, and no engine of its own
  worker --redis URL [--port N]         reads for them; with a port: /health and /metrics
  transcribe FILE...                    text of recordings; - is standard input
    --format ${FORMAT_IDS.join('|')}    what is written (txt)
    --output DIR                        a file for each recording, in this folder; else to standard output
    --language CODE                     ISO 639-1, or auto (auto)
    --task transcribe|translate         translate: into English (transcribe)
    --words                             times of words (in json)
    --prompt TEXT                       what it may be about, or how it is to be written
    --model ID, --device NAME, --threads N   instead of ASR_MODEL, ASR_DEVICE, ASR_THREADS
    --quiet                             no progress
  models list                           the catalogue, and what is on this machine
  models pull ID [--device NAME]        download a model from the hub; what was there is not fetched again
  models verify ID [--device NAME]      check its files
  keys create --name NAME               a key for the API; its secret is shown this once
    --scopes transcribe,jobs,live,admin,metrics   what it is good for (transcribe,jobs,live)
    --requests-per-minute N, --jobs N, --sessions N, --audio-seconds-per-day N, --upload-bytes N
    --weight N                          its part of the engine where several wait, 1 to 100 (1)
    --models ID,…  --origins https://a.example,…  --expires 2030-01-31
  keys list                             all keys, without secrets
  keys change ID                        with the options of create; what is not said stays, none takes a bound away
  keys rotate ID [--overlap SECONDS]    a new secret; the old one is taken for so long (86400)
  keys revoke ID                        it lets nobody in any more
    --redis URL                         of each: keys of many machines, in Redis and not in ASR_KEYS_DB
    --json                              of each: as JSON
  plan --streams N --rtf X              how many workers; N live at once (docs/plan.md)
    --files-per-hour N                  instead: recordings
    --clients N [--timeout 60s]         instead: N ask at once and give up after a while; [--queue N] may wait
    --seconds TIME                      mean length of an utterance, clip or recording (5.5s; recordings 300s)
    --wait-p99 TIME                     99 % wait for so long at most (2s)
    --speech-share X, --day X           share that is speech (1), peak over mean (1)
    --lanes N, --batch-gain X           windows in a batch, and what a full one gains (1, 1)
    --utilisation X, --workers N        busy for so much at most (0.7); or judge this number
    --seed N, --json, --html FILE       chance, data, a page with plots

Exit codes: 0 well, 1 a file or model failed, 2 wrong usage, 130 interrupted.

Variables (in brackets what holds without them):
${USAGE.split('\n').slice(1).join('\n')}`;
