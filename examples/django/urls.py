from django.urls import path

from shared_login import views

urlpatterns = [
    path('django/', views.home),
    path('django/me', views.me),
    path('django/login', views.log_in),
    path('django/logout', views.log_out),
    path('django/counter', views.count),
]
