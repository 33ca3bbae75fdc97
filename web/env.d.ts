interface ImportMetaEnv {
  /**
   * Where onnxruntime-web's loader and WebAssembly files lie: a path of this site with a slash at its end, such
   * as `/ort/1.31.0/`. The folder is named for the version, so what it holds never changes.
   */
  readonly SOTTO_ORT_BASE: string;
}
