/** 简体中文 of the live captions. */
import { str } from '@lit/localize';

export const captions = {
  'captions.title': '实时字幕',
  'captions.session': str`字幕 ${0}`,
  'captions.captions': '字幕',
  'captions.final-text': '已说的内容',
  'captions.not-started': '字幕会显示在这里。请选择要聆听的声音，然后开始。',
  'captions.waiting': '正在聆听。最初的文字马上会显示在这里。',
  'captions.nothing-said': '没有说话。',
  'captions.to-newest': '回到最新',

  'captions.hear': '聆听',
  'captions.microphone': '麦克风',
  'captions.shared': '标签页或系统的声音',
  'captions.shared-hint': '浏览器会询问您选择哪一个。请在询问中打开声音：画面不会被录制。',
  'captions.cannot-share': '此浏览器不能共享标签页或系统的声音。',
  'captions.start': '开始字幕',
  'captions.stop': '停止',
  'captions.pause': '暂停',
  'captions.resume': '继续',
  'captions.also-microphone': '同时聆听麦克风',
  'captions.also-shared': '同时聆听标签页或系统',

  'captions.asking': '浏览器正在询问您…',
  'captions.listening': '正在聆听',
  'captions.paused': '已暂停。不聆听任何声音；时间继续计算。有些浏览器会让麦克风指示灯保持亮起。',
  'captions.finishing': '正在读取最后几句…',
  'captions.ended': '已结束',
  'captions.behind': str`文字比说话落后 ${0}。没有丢失任何内容；在设置中选择较小的模型会更快。`,
  'captions.paused-since': str`自 ${0} 起暂停`,
  'captions.paused-for': str`暂停 ${0} – ${1}`,

  'captions.not-shared': '没有共享任何内容：浏览器的询问被关闭了。',
  'captions.no-sound':
    '浏览器没有共享声音。请重试：选择标签页并打开“同时共享标签页音频”，或选择整个屏幕及其声音。Firefox 和 Safari 不共享声音。',
  'captions.share-failed': str`无法共享声音：${0}`,
  'captions.unshared': '共享已停止。此前听到的内容会保留并读取。',
  'captions.unplugged': '麦克风已被移除。此前所说的内容会保留并读取。',

  'captions.names': '说话人的名字',
  'captions.you': '您',
  'captions.others': '对方',
  'captions.name-of-you': '麦克风前',
  'captions.name-of-others': '标签页或系统中',

  'captions.note': '笔记',
  'captions.note-field': '此刻的笔记',
  'captions.add-note': '添加笔记',

  'captions.look': '字幕外观',
  'captions.size': '文字大小',
  'captions.size-of': str`${0}，共 ${1}`,
  'captions.scheme': '颜色',
  'captions.scheme-page': '与页面相同',
  'captions.scheme-white-on-black': '黑底白字',
  'captions.scheme-black-on-white': '白底黑字',
  'captions.scheme-yellow-on-black': '黑底黄字',
  'captions.read-aloud': '屏幕阅读器朗读新字幕',

  'captions.second-window': '第二个窗口',
  'captions.bring-back': '收回字幕',
  'captions.in-second-window': '字幕在单独的窗口中，位于其他窗口之上。',
  'captions.no-second-window': '此浏览器没有用于字幕的第二个窗口。',
  'captions.window-refused': '浏览器没有打开第二个窗口。',

  'library.notes': '笔记',
  'library.together': str`与 ${0} 同时录制：保存的内容包含两者，并标明说话人。`,

  'captions.saving': '保存所说的内容',
  'captions.kept': '已保存在此设备的资料库中。',
  'captions.not-kept': '未保存在此设备上：再次开始或关闭页面之前，请先保存。',
};
