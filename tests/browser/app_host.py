"""A host of MCP Apps, as small as one can be: it shows the app in a sandboxed frame and hands its calls to a window."""

import json
from typing import Any

from playwright.sync_api import Browser, FrameLocator, Page

from session_buddy.server import apps
from tests.system.processes import Window

_HOST = """<!doctype html>
<title>host</title>
<iframe id="app" sandbox="allow-scripts" style="width: 700px; height: 900px"></iframe>
<script>
  const frame = document.getElementById("app");
  const send = (message) => frame.contentWindow.postMessage({jsonrpc: "2.0", ...message}, "*");
  window.said = [];
  window.show = (given, result) => { window.given = given; window.result = result; };
  addEventListener("message", async ({data}) => {
    if (data.method === "ui/initialize") {
      const {protocolVersion} = data.params;
      const hostInfo = {name: "host", version: "1"};
      const hostContext = {theme: window.theme};
      const hostCapabilities = {serverTools: {}, message: {text: {}}, updateModelContext: {text: {}}};
      return send({id: data.id, result: {protocolVersion, hostInfo, hostCapabilities, hostContext}});
    }
    if (data.method === "ui/notifications/initialized") {
      send({method: "ui/notifications/tool-input", params: {arguments: window.given}});
      if (window.result) send({method: "ui/notifications/tool-result", params: window.result});
    }
    if (data.method === "tools/call") {
      return send({id: data.id, result: await window.call(data.params.name, data.params.arguments)});
    }
    if (data.method === "ui/message") {
      window.said.push(data.params.content[0].text);
      return send({id: data.id, result: {}});
    }
    if (data.id !== undefined && data.method) send({id: data.id, error: {code: -32601, message: "not here"}});
  });
</script>"""
# What the specification of MCP Apps has a host enforce where an app declares nothing.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' data:; connect-src 'none'"
)


class Host:
    """An app shown with the result of a tool."""

    def __init__(self, browser: Browser, window: Window, theme: str = "light") -> None:
        self._window = window
        self.trouble: list[str] = []
        self.page: Page = browser.new_page()
        self.page.on("console", lambda one: self.trouble.append(one.text) if one.type == "error" else None)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.expose_function("call", lambda name, given: window.call(name, **given))
        self.page.set_content(_HOST)
        self.page.evaluate("theme => { window.theme = theme; }", theme)

    def show(self, given: dict[str, Any], result: dict[str, Any] | None) -> FrameLocator:
        """Show what a tool that was called with `given` has answered; None: it has not answered yet."""
        (content,) = self._window.request("resources/read", {"uri": apps.URI})["result"]["contents"]
        policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        text = content["text"].replace('<meta charset="utf-8">', f'<meta charset="utf-8">{policy}', 1)
        self.page.evaluate("([given, result]) => window.show(given, result)", [given, result])
        self.page.evaluate("text => { document.getElementById('app').srcdoc = text; }", text)
        return self.page.frame_locator("#app")

    def said(self) -> list[str]:
        """What the app had the host say to the assistant."""
        found: list[str] = json.loads(self.page.evaluate("JSON.stringify(window.said)"))
        return found
