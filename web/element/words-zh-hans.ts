/** The element's words in simplified Chinese: a chunk of its own, for pages in that language. */
import type { Words } from './words.ts';

export const words: Words = {
  title: '语音转文字',
  start: '听写',
  stop: '停止',
  cancel: '取消',
  drop: '或把录音拖到这里',
  choose: '选择文件',
  caption: '字幕',
  loading: '正在准备…',
  waiting: '正在排队…',
  listening: '正在聆听',
  reading: '正在识别…',
  finishing: '正在识别最后几句…',
  fetching: '正在下载模型…',
  silent: '没有听到说话声。',
  onDevice: '在您的设备上运行：您说的话不会离开设备',
  asks: '在您的设备上运行：未经您同意，您说的话不会离开设备',
  sent: '您说的话会发送到 ',
  demo: '演示模型：只能听懂合成语音',
  required: '请说些什么。',
  blocked: {
    message: '有一部分程序无法加载。',
    next: '之前说的内容都保留在这里：如有需要请先复制，再重新加载页面。',
  },
};
