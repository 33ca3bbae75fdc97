/** The models that benches run. */
export const DEMO = 'sotto-demo-en';
export const DEMO_WINDOW_SECONDS = 10;
/** random weights, one layer, 2 s windows: hundreds of runs in a minute even on a software adapter */
export const TINY = 'tiny-random-en';
/** the demo model's weights with the window of published models; q8 only */
export const LONG = 'sotto-demo-en-30s';
/** the catalogue's name that LONG is served under to the app: same architecture, window and language */
export const LONG_ALIAS = 'onnx-community/whisper-tiny.en';
