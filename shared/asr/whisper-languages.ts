/** Languages of the multilingual Whisper models, as the codes in their own `<|xx|>` tokens (ISO 639-1 where there is one). */
export const WHISPER_LANGUAGES: readonly string[] = (
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ' +
  'ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd ' +
  'gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su'
).split(' ');

/** Large v3 and what was made from it know Cantonese too. */
export const WHISPER_V3_LANGUAGES: readonly string[] = [...WHISPER_LANGUAGES, 'yue'];
