"""The smallest Django that shares its sessions with the sample application. What both must agree on is marked."""

import os

# Shared: the secret that signs the sessions.
SECRET_KEY = os.environ['SECRET_KEY']

# Shared: the database with the table django_session.
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': os.environ['DATABASE_PATH'],
        'OPTIONS': {'timeout': 5},
    }
}

# Shared: useTz, and timeZone where this is False.
USE_TZ = True

# Shared: the defaults on both sides, written out.
SESSION_ENGINE = 'django.contrib.sessions.backends.db'
SESSION_COOKIE_NAME = 'sessionid'
SESSION_COOKIE_AGE = 1209600
SESSION_COOKIE_SAMESITE = 'Lax'

INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.sessions', 'shared_login']

# No forms of other sites reach these views, because the cookie is SameSite=Lax. A real project has CSRF tokens as well.
MIDDLEWARE = [
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'shared_login.middleware.SharedLoginMiddleware',
]

ROOT_URLCONF = 'urls'
ALLOWED_HOSTS = ['localhost', '127.0.0.1']
DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'
