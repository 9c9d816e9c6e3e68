
composer-placeholder = Fragen Sie, oder sagen Sie, was zu tun ist
composer-next = Weitere Nachricht; sie wird als Nächstes gesendet
composer-label = Nachricht
composer-send = Senden
composer-stop = Anhalten
composer-fine = Jedes Mal gegen Ihre Berechtigungen geprüft. Wichtige Änderungen warten auf Ihre Bestätigung.
strip-offline = Sie sind offline. Verbindung wird wiederhergestellt …
strip-waits = Wartet auf Sie:
strip-show = Anzeigen
sign-in = Anmelden
reload = Neu laden
scroll-news = Neue Nachrichten
scroll-end = Zum Ende
left-shown = noch { $time }
left-seconds = noch { $seconds ->
    [one] { NUMBER($seconds) } Sekunde
   *[other] { NUMBER($seconds) } Sekunden
}
left-minutes = noch { $minutes ->
    [one] { NUMBER($minutes) } Minute
   *[other] { NUMBER($minutes) } Minuten
}
left-both = noch { $minutes ->
    [one] { NUMBER($minutes) } Minute
   *[other] { NUMBER($minutes) } Minuten
} und { $seconds ->
    [one] { NUMBER($seconds) } Sekunde
   *[other] { NUMBER($seconds) } Sekunden
}
error-signed-out = Sie wurden abgemeldet. Melden Sie sich wieder an, um fortzufahren; Ihr Text bleibt erhalten.
error-not-found = Diese Unterhaltung gibt es nicht.
error-not-now = Gerade nicht erreichbar: { $service }. Nichts ging verloren; versuchen Sie es gleich noch einmal.
error-damaged = Die Aufzeichnung dieser Unterhaltung ist beschädigt oder wurde außerhalb von Countersign geändert, darum wird nichts davon gezeigt oder ausgeführt. Beginnen Sie eine neue und sagen Sie Ihrer Administration Bescheid.
error-foreign = Diese Anfrage kam nicht von einer Seite von Countersign.
error-other-person = In diesem Browser ist jetzt jemand anderes angemeldet. Es wurde nichts gesendet, und Ihr Text bleibt erhalten.
error-outdated = Countersign wurde aktualisiert. Laden Sie diese Seite neu, um fortzufahren; Ihr Text bleibt erhalten.
error-internal = Bei uns ist etwas schiefgegangen. Nichts ging verloren. Wenn es wieder vorkommt, geben Sie Ihrer Administration diese Nummer: { $id }
error-transport = Nicht gesendet: Countersign ist nicht erreichbar. Ihr Text ist noch da; versuchen Sie es gleich noch einmal.
limit-posts = Sie senden sehr schnell. Ihr Text bleibt erhalten; senden Sie ihn gleich noch einmal.
limit-waiting = In dieser Unterhaltung warten schon viele Nachrichten. Ihr Text bleibt erhalten; senden Sie ihn, wenn einige beantwortet sind.
limit-streams = Sie haben zu viele Seiten von Countersign offen. Schließen Sie einige, dann geht es hier weiter.
limit-length = Diese Unterhaltung hat ihre größte Länge erreicht. Beginnen Sie eine neue.
input-empty = Schreiben Sie zuerst eine Nachricht.
input-too-long = Ihre Nachricht hat { NUMBER($length) } Zeichen; höchstens { NUMBER($limit) } passen. Kürzen Sie sie oder senden Sie sie in Teilen.
input-no-title = Schreiben Sie zuerst einen Titel.
input-long-title = Dieser Titel hat { NUMBER($length) } Zeichen; höchstens { NUMBER($limit) } passen. Kürzen Sie ihn.
input-malformed = Die Anfrage ist unvollständig. Laden Sie die Seite neu und versuchen Sie es noch einmal.
input-too-late = Das lässt sich nicht mehr zurücknehmen: Es wurde schon beantwortet.
composer-editing = Ihre Nachricht und alles danach werden ersetzt.
composer-leave = Nicht bearbeiten
input-not-replaceable = Diese Nachricht lässt sich gerade nicht bearbeiten. Warten Sie, bis die Antwort fertig ist, oder kopieren Sie den Text in eine neue Nachricht.
