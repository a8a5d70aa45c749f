-- The last word on the songs and artists that the run touched, in the transaction that completes plays: the tasks
-- before it published them early, and other runs may have come in between. An artist without songs is gone.
DELETE FROM public.songs
USING candidate_songs AS s
WHERE songs.song_id = s.song_id;

INSERT INTO public.songs (song_id, title, artist_id, year, duration)
SELECT
    song_id,
    title,
    artist_id,
    year,
    duration
FROM candidate_songs;

DELETE FROM public.artists
USING affected_artists AS a
WHERE artists.artist_id = a.artist_id;

INSERT INTO public.artists (artist_id, name, location, latitude, longitude)
SELECT
    artist_id,
    artist_name,
    artist_location,
    artist_latitude,
    artist_longitude
FROM candidate_artists;
