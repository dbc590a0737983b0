"""Lamp, lens and the other camera: on the browser's own simulated cameras, two of them, that zoom."""

from __future__ import annotations

import pytest
import shop
from playwright.sync_api import Playwright, expect
from till_page import PHONE, Counter

from site_builder.preview.serve import SiteServer
from tools.chromium import WITHOUT_WINDOWS

pytestmark = pytest.mark.browser

# No simulated camera has a lamp: this one is put on it, and refuses once it is told to.
LAMP = """
    window.__lamp = [];
    const { getCapabilities, applyConstraints } = MediaStreamTrack.prototype;
    MediaStreamTrack.prototype.getCapabilities = function () {
        return { ...getCapabilities.call(this), torch: true };
    };
    MediaStreamTrack.prototype.applyConstraints = function (wanted) {
        const torch = wanted?.advanced?.[0]?.torch;
        if (torch === undefined) return applyConstraints.call(this, wanted);
        if (window.__lamp === null) return Promise.reject(new OverconstrainedError("torch"));
        window.__lamp.push(torch);
        return Promise.resolve();
    };
    const { getUserMedia } = MediaDevices.prototype;
    MediaDevices.prototype.getUserMedia = async function (wanted) {
        const stream = await getUserMedia.call(this, wanted);
        window.__track = stream.getVideoTracks()[0];
        return stream;
    };
"""


def test_zooms_lights_and_turns_round(playwright: Playwright, site: SiteServer) -> None:
    browser = playwright.chromium.launch(
        executable_path=WITHOUT_WINDOWS,
        args=[*shop.CHROMIUM, "--use-fake-device-for-media-stream=device-count=2"],
    )
    try:
        context = browser.new_context(viewport=PHONE, locale="fr-FR", permissions=["camera"])  # type: ignore[arg-type]
        page = context.new_page()
        target = context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
        lens = {"permissions": ["videoCapture", "cameraPanTiltZoom"], "origin": site.url.rstrip("/")}
        browser.new_browser_cdp_session().send(
            "Browser.grantPermissions", {**lens, "browserContextId": target["browserContextId"]}
        )
        page.add_init_script(LAMP)
        counter = Counter.of(page).set_up(site.url)

        def setting(name: str) -> object:
            return page.evaluate("(name) => window.__track.getSettings()[name]", name)

        for shown, next_zoom in (("1", 200), ("2", 400), ("4", 100)):
            button = page.get_by_role("button", name=f"Rapprocher : {shown} fois")
            expect(button).to_have_text(f"×{shown}")
            button.click()
            expect(button).to_be_hidden()
            assert setting("zoom") == next_zoom

        page.get_by_role("button", name="Allumer la lampe").click()
        page.get_by_role("button", name="Éteindre la lampe").click()
        expect(page.get_by_role("button", name="Allumer la lampe")).to_be_visible()
        assert page.evaluate("() => window.__lamp") == [True, False]
        page.evaluate("() => { window.__lamp = null; }")
        page.get_by_role("button", name="Allumer la lampe").click()
        expect(page.get_by_role("button", name="Allumer la lampe")).to_be_hidden()

        before = setting("deviceId")
        page.get_by_role("button", name="Changer de caméra").click()
        page.evaluate(
            """(before) => new Promise((done) => {
                const other = () => window.__track.getSettings().deviceId !== before;
                const look = () => other() ? done() : setTimeout(look, 20);
                look();
            })""",
            before,
        )
        expect(page.locator("[data-camera=on]")).to_be_visible()
        expect(page.get_by_role("button", name="Changer de caméra")).to_be_visible()
        assert counter.faults == []
    finally:
        browser.close()
