"""The settings of a test: what TEST_SETTINGS holds, as JSON, on top of what all tests share."""

import json
import os

SECRET_KEY = 'replaced by the test'
ALLOWED_HOSTS = ['*']
USE_TZ = True
INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.sessions']
MIDDLEWARE = [
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
]
MESSAGE_STORAGE = 'django.contrib.messages.storage.session.SessionStorage'
ROOT_URLCONF = 'views'
DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'
# Fast ones; no password of a test is worth more.
PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']
LOGGING_CONFIG = None

globals().update(json.loads(os.environ['TEST_SETTINGS']))
