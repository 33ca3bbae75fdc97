import type { ErrorCode } from '../../shared/errors.ts';

/** Every error in simplified Chinese: what happened, and what is safe and to do next. */
export const errors: Readonly<Record<ErrorCode, readonly [message: string, next: string]>> = {
  not_media: [
    '这不是可以读取的音频或视频文件。',
    '请选择 WAV、MP3、M4A、FLAC、OGG、WebM 或 MP4 等录音文件。',
  ],
  empty_file: ['文件是空的（零字节）。', '请确认文件已完整复制，然后重新选择。'],
  corrupt_media: ['文件已损坏，无法读到结尾。', '已读出的内容都会保留。请尝试原始文件或另一份副本。'],
  no_audio_track: ['文件中没有音轨。', '请选择有声音的文件。'],
  protected_media: ['文件受版权保护（DRM），无法解码。', '请选择未受保护的副本。'],
  codec_unsupported: [
    '此浏览器无法解码该文件的声音。',
    '请转换为 WAV、MP3 或 FLAC，或用其他浏览器打开本页。',
  ],
  source_unreachable: [
    '无法读取该地址。',
    '请检查地址；对方网站必须允许本页读取（CORS）。也可以先下载文件，再拖到这里。',
  ],
  file_unreadable: ['无法从磁盘读取文件，它可能已被移动或更改。', '请重新选择该文件。'],
  microphone_refused: ['浏览器不允许使用麦克风。', '请在地址栏中允许本页使用麦克风，然后再按录音。'],
  microphone_missing: ['没有找到麦克风。', '请连接麦克风，然后再按录音。'],
  microphone_lost: ['麦克风连接已断开。', '已说的内容会保留。请重新连接并按录音继续。'],
  microphone_failed: ['无法启动麦克风。', '请关闭正在使用它的其他程序，然后再按录音。'],
  model_unknown: ['没有这个名称的模型。', '请从列表中选择模型。'],
  model_offline: [
    '无法下载模型：没有网络连接。',
    '已下载的文件会保留。请联网后重试，或使用此设备上已有的模型。',
  ],
  model_not_found: ['来源处缺少模型的某个文件。', '请选择其他模型，或询问本站的管理者。'],
  model_incomplete: ['模型的某个文件损坏或不完整。', '该文件已被丢弃。请重试。'],
  model_source_failed: ['模型来源返回了错误。', '请稍后重试；已下载的文件会保留。'],
  model_load_failed: ['无法在这里启动模型。', '请尝试更小的模型。'],
  no_adapter: ['此浏览器没有向网页提供 GPU（没有 WebGPU 适配器）。', '将不使用 GPU 继续：较慢，文字相同。'],
  self_test_failed: ['GPU 对已知片段算出了错误的结果。', '不使用它，改用下一种方式。'],
  device_lost: ['GPU 已丢失。', '已完成的文字会保留，其余部分将重新读取。'],
  engine_exited: ['引擎意外停止。', '已完成的文字会保留，引擎将重新启动。'],
  engine_timeout: ['引擎没有及时响应。', '已完成的文字会保留，引擎将重新启动。'],
  engine_blocked: ['无法加载引擎的脚本。', '请检查是否有扩展或策略阻止本站脚本，然后重新加载页面。'],
  engine_unavailable: [
    '在这里没有任何方式能运行模型。',
    '请重新加载页面、换一个浏览器，或使用更小的模型。您的录音会保留。',
  ],
  out_of_memory: ['内存不足。', '请关闭其他标签页，或选择更小的模型。已完成的文字会保留。'],
  poison: ['这段音频每次都会使引擎停止，因此被略过。', '其余部分是完整的；可用其他模型尝试该段。'],
  queue_full: ['队列已满。', '请等有任务完成后再试。'],
  queue_timeout: ['等待时间过长。', '请重试。'],
  cancelled: ['已取消。', '已完成的文字会保留。'],
  closed: ['正在关闭。', '请稍后重试。'],
  internal: ['内部出现问题。', '已完成的文字会保留。请重试；如果仍然出现，请报告问题。'],
};
