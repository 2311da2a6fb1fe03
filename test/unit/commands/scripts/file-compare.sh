[ ! -L '/etc/app/a.conf' ] && [ -f '/etc/app/a.conf' ] && [ "$(stat -c '%a %U %G' -- '/etc/app/a.conf')" = '640 root app' ] && printf '%s' 'name='\''$x'\''
' | cmp -s -- - '/etc/app/a.conf'
