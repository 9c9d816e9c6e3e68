
composer-placeholder = Pide ayuda o di qué hay que hacer
composer-next = Añade un mensaje; se enviará a continuación
composer-label = Mensaje
composer-send = Enviar
composer-stop = Detener
composer-fine = Se comprueba con tus permisos cada vez. Los cambios importantes esperan tu confirmación.
strip-offline = Sin conexión. Reconectando…
strip-waits = Te espera:
strip-show = Mostrar
sign-in = Iniciar sesión
reload = Recargar
scroll-news = Mensajes nuevos
scroll-end = Ir al final
left-shown = quedan { $time }
left-seconds = { $seconds ->
    [one] queda { NUMBER($seconds) } segundo
   *[other] quedan { NUMBER($seconds) } segundos
}
left-minutes = { $minutes ->
    [one] queda { NUMBER($minutes) } minuto
   *[other] quedan { NUMBER($minutes) } minutos
}
left-both = quedan { $minutes ->
    [one] { NUMBER($minutes) } minuto
   *[other] { NUMBER($minutes) } minutos
} y { $seconds ->
    [one] { NUMBER($seconds) } segundo
   *[other] { NUMBER($seconds) } segundos
}
error-signed-out = Se cerró tu sesión. Vuelve a iniciarla para continuar; tu texto se conserva.
error-not-found = No existe esa conversación.
error-not-now = No se puede contactar con { $service } ahora. No se perdió nada; inténtalo en un momento.
error-damaged = El registro de esta conversación está dañado o se cambió fuera de Countersign, así que no se muestra ni ejecuta nada de él. Empieza una conversación nueva y avisa a tu administrador.
error-foreign = Esta petición no vino de una página de Countersign.
error-other-person = Ahora hay otra persona con la sesión iniciada en este navegador. No se envió nada y tu texto se conserva.
error-outdated = Countersign se actualizó. Recarga esta página para continuar; tu texto se conserva.
error-internal = Algo falló por nuestra parte. No se perdió nada. Si sigue ocurriendo, da este número a tu administrador: { $id }
error-transport = No se envió: no se puede contactar con Countersign. Tu texto sigue aquí; inténtalo en un momento.
limit-posts = Estás enviando mensajes muy rápido. Tu texto se conserva; envíalo de nuevo en un momento.
limit-waiting = Ya hay muchos mensajes esperando en esta conversación. Tu texto se conserva; envíalo cuando se hayan respondido algunos.
limit-streams = Tienes demasiadas páginas de Countersign abiertas. Cierra algunas y esta continuará.
limit-length = Esta conversación alcanzó su longitud máxima. Empieza una nueva.
input-empty = Escribe primero un mensaje.
input-too-long = Tu mensaje tiene { NUMBER($length) } caracteres; caben como máximo { NUMBER($limit) }. Acórtalo o envíalo en partes.
input-no-title = Escribe primero un título.
input-long-title = Este título tiene { NUMBER($length) } caracteres; caben como máximo { NUMBER($limit) }. Acórtalo.
input-malformed = La petición no está completa. Recarga la página e inténtalo de nuevo.
input-too-late = Ya es tarde para retirarlo: ya se respondió.
composer-editing = Tu mensaje y todo lo que siguió se reemplazan.
composer-leave = No editar
input-not-replaceable = Este mensaje no se puede editar ahora. Espera a que termine la respuesta o copia el texto en un mensaje nuevo.
