// Search without a server: from a file browsers start no worker, so its script is run in a hidden frame instead.
// The theme's plugin would ask another host for such a script; by the name of this one it knows that none is needed.
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      this.ready = new Promise((done) => {
        frame.onload = () => {
          const script = frame.contentDocument.createElement("script");
          frame.contentWindow.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
          script.src = new URL(url, location.href).href;
          script.onload = () => done(frame.contentWindow);
          frame.contentDocument.head.append(script);
        };
      });
      document.body.append(frame);
    }

    postMessage(data) {
      this.ready.then((worker) => worker.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
