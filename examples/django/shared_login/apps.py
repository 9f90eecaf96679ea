from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class SharedLoginConfig(AppConfig):
    name = 'shared_login'

    def ready(self):
        user_logged_in.connect(tell_the_other_side)


def tell_the_other_side(sender, request, user, **kwargs):
    """The sample application knows a visitor by the name under `user`."""
    request.session['user'] = user.get_username()
