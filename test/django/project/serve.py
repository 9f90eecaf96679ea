"""A Django for the tests: reads commands from standard input, one line of JSON each, and answers each with another."""

import importlib
import json
import os
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.sessions.backends import file as file_engine  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

ahead = 0
now, system_time = timezone.now, time.time
timezone.now = lambda: now() + timezone.timedelta(seconds=ahead)
time.time = lambda: system_time() + ahead


class shutil:
    """The engine `file` goes by the times of its files, which must be of that time too."""

    @staticmethod
    def move(source, target):
        os.rename(source, target)
        os.utime(target, (time.time(), time.time()))


file_engine.shutil = shutil


def travel(seconds):
    """From here on it is so many seconds later than it really is."""
    global ahead
    ahead = seconds


def manage(*command):
    """What manage.py does, without output."""
    call_command(*command, verbosity=0, **({'interactive': False} if command[0] == 'migrate' else {}))


def create_user(name, password):
    user = get_user_model().objects.create_user(name, password=password)
    return {'id': user.pk, 'passwordHash': user.password}


def change_password(name, password):
    user = get_user_model().objects.get(username=name)
    user.set_password(password)
    user.save()
    return user.password


def request(cookie, operations):
    """One request through the test client, as a browser with that Cookie header would send it."""
    client = Client(raise_request_exception=False)
    headers = {} if cookie is None else {'HTTP_COOKIE': cookie}
    response = client.post('/do', json.dumps(operations), content_type='application/json', **headers)
    return {
        'status': response.status_code,
        'setCookie': [morsel.OutputString() for morsel in response.cookies.values()],
        'vary': response.get('Vary'),
        'body': response.content.decode(),
    }


def requests(cookie, each):
    """As many requests at once as there are lists of operations. Gives the statuses."""
    statuses = [None] * len(each)
    start = threading.Barrier(len(each))

    def send(place, operations):
        start.wait()
        statuses[place] = request(cookie, operations)['status']
        connections.close_all()

    threads = [threading.Thread(target=send, args=item) for item in enumerate(each)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def store():
    return importlib.import_module(settings.SESSION_ENGINE).SessionStore


def create(text):
    """Stores a session with exactly the data of that JSON text and gives its key."""
    session = store()()
    session.update(json.loads(text))
    session.save()
    return session.session_key


def read(key):
    """The data of a session as JSON text, byte for byte what Django would store of each entry; null when it is unknown."""
    session = store()(key)
    items = dict(session.items())
    return None if session.session_key is None else json.dumps(items, separators=(',', ':'))


COMMANDS = [travel, manage, create_user, change_password, request, requests, create, read]

if __name__ == '__main__':
    commands = {command.__name__: command for command in COMMANDS}
    for line in sys.stdin:
        try:
            name, *parameters = json.loads(line)
            answer = {'result': commands[name](*parameters)}
        except Exception:
            answer = {'error': traceback.format_exc()}
        print(json.dumps(answer), flush=True)
