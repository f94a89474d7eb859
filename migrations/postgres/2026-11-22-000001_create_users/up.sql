CREATE TABLE users (
    id uuid PRIMARY KEY,
    -- E.164. Adapters rely on this constraint to decide a race between two registrations.
    phone text NOT NULL CONSTRAINT users_phone_key UNIQUE
        CONSTRAINT users_phone_check CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    nick_name text NOT NULL,
    password_hash text NOT NULL CHECK (password_hash <> ''),
    created_at timestamptz NOT NULL,
    last_login_at timestamptz
);
