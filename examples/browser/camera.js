/** The camera's next picture, or the screen's next where the browser does not tell. */
function nextFrame(video) {
  return new Promise((resolve) => {
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });
}

/**
 * A camera that is on: the one that looks at the person, where there are several.
 * @param ended is called when it is taken away or switched off
 * @throws what getUserMedia throws
 */
export async function captureCamera(ended) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  for (const track of stream.getTracks()) track.onended = ended;
  video.srcObject = stream;
  await video.play();
  return {
    video,
    nextFrame: () => nextFrame(video),
    stop() {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}
