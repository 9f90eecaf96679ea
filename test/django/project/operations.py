"""What a test can do to a session, to cookies and to a login: lists such as ["set", "a", 1]. operations.ts is the same."""

import datetime

from django.contrib import auth, messages
from django.utils import timezone


def set(request, response, key, value):
    request.session[key] = value


def get(request, response, key):
    return request.session.get(key)


def pop(request, response, key):
    return request.session.pop(key, None)


def all(request, response):
    return dict(request.session.items())


def clear(request, response):
    request.session.clear()


def flush(request, response):
    request.session.flush()


def cycle(request, response):
    request.session.cycle_key()


def expire(request, response, seconds):
    """Seconds from each save; null for the default."""
    request.session.set_expiry(seconds)


def expire_at(request, response, seconds):
    """At the instant that is so many seconds away. Django 3.2 cannot store one, later ones store this text."""
    instant = timezone.now() + datetime.timedelta(seconds=seconds)
    request.session['_session_expiry'] = instant.isoformat()


def expiry_instant(request, response):
    """The instant of the text that is kept, in milliseconds, as Python reads it."""
    return round(datetime.datetime.fromisoformat(request.session['_session_expiry']).timestamp() * 1000)


def age(request, response):
    return request.session.get_expiry_age()


def set_test_cookie(request, response):
    request.session.set_test_cookie()


def test_cookie_worked(request, response):
    return request.session.test_cookie_worked()


def log_in(request, response, name, password):
    user = auth.authenticate(request, username=name, password=password)
    auth.login(request, user)


def log_out(request, response):
    auth.logout(request)


def user(request, response):
    return request.user.pk


def say(request, response, text):
    messages.info(request, text)


def hear(request, response):
    return [str(message) for message in messages.get_messages(request)]


def cookies(request, response):
    return request.COOKIES


def set_cookie(request, response, name, value):
    response.set_cookie(name, value)


def set_signed_cookie(request, response, name, value, salt):
    response.set_signed_cookie(name, value, salt=salt)


def get_signed_cookie(request, response, name, salt):
    return request.get_signed_cookie(name, default=None, salt=salt)
