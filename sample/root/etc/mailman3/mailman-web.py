SECRET_KEY = 'invented'
ALLOWED_HOSTS = ['lists.kaede.example.jp']
INSTALLED_APPS = ('hyperkitty', 'postorius', 'django_mailman3')
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.mysql',
        'NAME': 'mailman3web',
        'USER': 'mailmanweb',
        'PASSWORD': 'invented',
        'HOST': '192.0.2.21',
    }
}
