"""Somebody at a browser and a phone, which is no client's part: signs in, says yes to a third party, answers a push."""

import html
import re
import time
from urllib.parse import urljoin

import httpx


class Person:
    def __init__(self, issuer, sub):
        self.issuer, self.sub = issuer, sub
        self.browser = httpx.Client(timeout=10)

    def signs_in(self, url):
        """The address that the client is called back at."""
        chooser = self.browser.get(url)
        assert chooser.is_redirect, chooser.text
        page = self.browser.get(urljoin(url, chooser.headers["location"]))
        return self.sends(page, page.text, sub=self.sub)

    def allows(self, url, who):
        """Says yes to the third party's question, with the account of this name. The address is as for `signs_in`."""
        page = self.browser.get(url)
        assert page.is_success and who in page.text, page.text
        return self.sends(page, page.text, action="allow")

    def answers(self, message, shown, answer):
        """Presses a button below the request with this message, which must show every one of these words."""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            page = self.browser.get(self.issuer + "phone", params={"person": self.sub})
            for card in page.text.split("<article")[1:]:
                if f'aria-label="Approve: {html.escape(message)}"' in card:
                    missing = [word for word in shown if html.escape(word) not in card]
                    assert not missing, (missing, card)
                    return self.sends(page, card, answer=answer)
            time.sleep(0.1)
        raise AssertionError(f"no request with {message!r} came to the phone")

    def sends(self, page, form, **pressed):
        """Sends the form in this part of a page. The address that the browser is sent to then."""
        action = re.search(r'<form method="post" action="([^"]+)"', form)
        assert action, form
        fields = re.findall(r'<input type="(?:hidden|radio)" name="([^"]+)" value="([^"]*)"', form)
        data = {**{name: html.unescape(value) for name, value in fields}, **pressed}
        back = self.browser.post(urljoin(str(page.url), html.unescape(action[1])), data=data)
        assert back.is_redirect, back.text
        return urljoin(str(page.url), back.headers["location"])
